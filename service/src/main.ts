/** The process: reads the configuration, starts the service, obeys signals. The only file with side effects. */
import { constants } from 'node:os';
import { version } from '../package.json';
import { ConfigError, processEnvironment, readConfig, unknownVariables } from './config.ts';
import type { Config } from './config.ts';
import { KeyFileError } from './keys/key-file.ts';
import { createLog } from './log.ts';
import { startService } from './service.ts';
import type { Service } from './service.ts';

const environment = processEnvironment();
const config = configOrExit();
const log = createLog(config.logLevel);
for (const name of unknownVariables(environment)) {
  log.warn({ variable: name }, 'an environment variable that nothing reads; is it spelled right?');
}
let signals = 0;
const service = serviceOrExit();
log.info(
  {
    url: service.url,
    ...(config.metricsPort !== null && { metrics_url: service.metricsUrl }),
    engine: config.engine,
    version,
  },
  'listening',
);
service.ready.then(
  () => log.info('ready'),
  (error: unknown) => {
    if (signals === 0) log.error({ err: error }, 'the engine does not start');
  },
);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    signals += 1;
    if (signals > 1) process.exit(128 + constants.signals[signal]);
    log.info({ signal, grace_ms: config.shutdownGraceMs }, 'shutting down');
    void service.stop().then(() => {
      log.info('stopped');
      process.exit(0);
    });
  });
}

function configOrExit(): Config {
  try {
    return readConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(78);
  }
}

function serviceOrExit(): Service {
  try {
    return startService(config, log, version);
  } catch (error) {
    if (error instanceof KeyFileError) {
      process.stderr.write(`${error.message}\n`);
      process.exit(78);
    }
    log.fatal({ err: error, host: config.host, port: config.port }, 'could not start');
    process.exit(1);
  }
}
