/** What the log alerts ask Log Analytics: the service writes one JSON line a request. Pure. */
import { SERVICE_NAME } from '../../service/src/contract.ts';

/** Lines of the service's own container, parsed. */
function lines(appName: string): string {
  return [
    'ContainerAppConsoleLogs',
    `| where ContainerAppName == "${appName}" and ContainerName == "${SERVICE_NAME}"`,
    '| extend line = parse_json(Log)',
  ].join('\n');
}

/** Percent of answers that were 5xx, as one row; none below `minimumRequests`, where one failure would be a share. */
export function failedShareQuery(appName: string, minimumRequests: number): string {
  return [
    lines(appName),
    '| where tostring(line.msg) == "request"',
    '| summarize requests = count(), failed = countif(toint(line.status) >= 500)',
    `| where requests >= ${minimumRequests}`,
    '| project failed_percent = 100.0 * failed / requests',
  ].join('\n');
}

/** Lines of level error or fatal that belong to no request: crashes of workers, a broken key file, a failed start. */
export function errorLinesQuery(appName: string): string {
  return [
    lines(appName),
    '| where tostring(line.level) in ("error", "fatal") and tostring(line.msg) != "request"',
    '| project TimeGenerated, RevisionName, message = tostring(line.msg)',
  ].join('\n');
}
