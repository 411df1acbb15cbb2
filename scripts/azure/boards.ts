/** Puts the boards into Managed Grafana with the login of az, where there is one. */
import { distBoards, GrafanaError, pushBoards } from '../grafana/push-boards.ts';
import { AzError } from './az.ts';
import type { Az } from './az.ts';
import { textAt } from '../verbs/json.ts';
import type { Session } from '../verbs/session.ts';

/** Application id of Azure Managed Grafana, the audience of its tokens; the same in every tenant. */
const AUDIENCE = 'ce34e7e5-485f-4d76-964f-b3d2b16d1e4f';

/** A failure is said and nothing more: the service answers without boards, and the next deployment tries again. */
export async function refreshBoards(
  { say }: Session,
  az: Az,
  grafanaUrl: string | undefined,
): Promise<void> {
  if (!grafanaUrl) return;
  try {
    const answer = await az(['account', 'get-access-token', '--resource', AUDIENCE]);
    const authorization = `Bearer ${textAt(answer, 'accessToken') ?? ''}`;
    const addresses = await pushBoards({ url: grafanaUrl, authorization }, distBoards());
    say.done(`${addresses.length} boards are in ${grafanaUrl}`);
  } catch (error) {
    if (!(error instanceof AzError || error instanceof GrafanaError)) throw error;
    say.warn(
      `The boards are not in Grafana: ${error.message} A new role takes some minutes to arrive. Type: make deploy-azure`,
    );
  }
}
