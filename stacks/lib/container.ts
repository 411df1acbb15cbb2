/** Ports and folders of the service's container, the same wherever a stack puts it. */
import { DEFAULT_PORT } from '../../service/src/contract.ts';

export const API_PORT = DEFAULT_PORT;
/** Of its own, so that no address from outside leads to metrics. */
export const METRICS_PORT = 9464;

export const KEYS_DIRECTORY = '/run/stt/keys';
export const KEYS_FILE_NAME = 'keys';
export const SPOOL_DIRECTORY = '/var/spool/stt';
