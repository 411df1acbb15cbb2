/** The programs that the verbs for Azure need. */
import { textAt } from '../verbs/json.ts';
import type { Session } from '../verbs/session.ts';
import { PULUMI, toolVersion } from '../verbs/tools.ts';
import type { Tool } from '../verbs/tools.ts';
import { AZ_IS_MISSING } from './az.ts';

const AZ: Tool = {
  name: 'az',
  parts: ['version', '-o', 'json'],
  versionIn(stdout) {
    try {
      return textAt(JSON.parse(stdout), 'azure-cli');
    } catch {
      return null;
    }
  },
  // Has Container Apps without an extension.
  oldest: '2.60.0',
  missing: AZ_IS_MISSING,
  update: '. Type: az upgrade',
};

/** The versions of az and pulumi. Throws `Refusal`. */
export async function checkTools(session: Session): Promise<{ az: string; pulumi: string }> {
  const [az, pulumi] = await Promise.all([toolVersion(session, AZ), toolVersion(session, PULUMI)]);
  return { az, pulumi };
}
