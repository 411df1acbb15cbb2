/** Headers of a page of ours: its type, and a policy that says what it may load. */

export function html(
  set: { headers: Record<string, string | number> },
  page: string,
  policy: string,
): string {
  set.headers['content-type'] = 'text/html; charset=utf-8';
  set.headers['content-security-policy'] = policy;
  set.headers['x-content-type-options'] = 'nosniff';
  return page;
}
