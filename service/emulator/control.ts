/** The stand-alone tool's own routes: what happened so far, and which faults are to happen. */
import type { Counts } from './counts.ts';
import { InvalidRule } from './rules.ts';
import type { Rules } from './rules.ts';

export const CONTROL_PATH = '/emulator';
export const FAULTS_PATH = '/emulator/faults';
const MAX_RULE_BYTES = 10_000;

export async function answerControl(
  request: Request,
  path: string,
  rules: Rules,
  counts: () => Counts,
): Promise<Response> {
  if (path === CONTROL_PATH && request.method === 'GET') {
    return Response.json({ counts: counts(), rules: rules.list });
  }
  if (path === FAULTS_PATH && request.method === 'POST') return addRule(request, rules);
  if (path === FAULTS_PATH && request.method === 'DELETE') {
    rules.clear();
    return Response.json({ rules: [] });
  }
  const message = `${request.method} ${path} does nothing. There are GET ${CONTROL_PATH}, POST and DELETE ${FAULTS_PATH}.`;
  return Response.json({ message }, { status: 405 });
}

async function addRule(request: Request, rules: Rules): Promise<Response> {
  try {
    rules.add(await ruleOf(request));
    return Response.json({ rules: rules.list }, { status: 201 });
  } catch (error) {
    if (!(error instanceof InvalidRule)) throw error;
    return Response.json({ message: error.message }, { status: 400 });
  }
}

async function ruleOf(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.length > MAX_RULE_BYTES) throw new InvalidRule('The rule is far too long.');
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidRule('The body is not JSON. Send a rule such as {"fault": "throttled"}.');
  }
}
