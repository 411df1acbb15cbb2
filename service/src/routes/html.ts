/** Headers of a page of ours: its type, a policy that says what it may load, and nothing for pages around it. */

/** No page of ours is framed, has a base or submits a form; none needs a device. */
const NEVER = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

export function html(
  set: { headers: Record<string, string | number> },
  page: string,
  policy: string,
): string {
  Object.assign(set.headers, PAGE_HEADERS, { 'content-security-policy': `${policy}; ${NEVER}` });
  return page;
}
