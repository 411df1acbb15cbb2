/**
 * A language host for `runtime: bun`: what the engine asks pulumi-language-bun for, answered as far as `pulumi up` needs.
 * As the original does, it takes the Bun on PATH and Pulumi's own entry as the program's directory resolves it.
 */
import { LanguageRuntimeService } from '@pulumi/pulumi/proto/language_grpc_pb.js';
import language from '@pulumi/pulumi/proto/language_pb.js';
import type {
  GetRequiredPackagesRequest,
  GetRequiredPackagesResponse,
  RunRequest,
  RunResponse,
} from '@pulumi/pulumi/proto/language_pb.js';
import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import type { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb.js';
import { empty, serve } from './grpc.ts';
import type { Method } from './grpc.ts';

/** The program has told the user what is wrong, so that nobody needs to add anything. */
const TOLD = 32;

const engine = process.argv[2] ?? '';

const getPluginInfo: Method<unknown, PluginInfo> = (_call, answer) => {
  const info = new plugin.PluginInfo();
  info.setVersion('3.259.0');
  answer(null, info);
};

/** The original looks through node_modules; the one provider there is attached already. */
const getRequiredPackages: Method<GetRequiredPackagesRequest, GetRequiredPackagesResponse> = (
  _call,
  answer,
) => answer(null, new language.GetRequiredPackagesResponse());

const run: Method<RunRequest, RunResponse> = ({ request }, answer) => {
  void runProgram(request).then((response) => answer(null, response));
};

/** Never rejects: what goes wrong is in the response. */
async function runProgram(request: RunRequest): Promise<RunResponse> {
  const response = new language.RunResponse();
  try {
    const code = await exitCode(request);
    if (code === TOLD) response.setBail(true);
    else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
  } catch (error) {
    response.setError(String(error));
  }
  return response;
}

async function exitCode(request: RunRequest): Promise<number> {
  const directory = request.getInfo()?.getProgramDirectory() ?? '';
  const bun = Bun.which('bun');
  if (bun === null) throw new Error('could not find bun on the $PATH');
  const flags = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    'root-directory': request.getInfo()?.getRootDirectory() ?? '',
    stack: request.getStack(),
    pwd: directory,
    parallel: String(request.getParallel()),
  };
  const child = Bun.spawn(
    [
      bun,
      'run',
      entry(bun, directory),
      ...Object.entries(flags).flatMap(([flag, value]) => (value ? [`--${flag}`, value] : [])),
      ...(request.getDryrun() ? ['--dry-run'] : []),
      request.getInfo()?.getEntryPoint() ?? '.',
      ...request.getArgsList(),
    ],
    {
      stdout: 'inherit',
      stderr: 'inherit',
      env: {
        ...Bun.env,
        PULUMI_CONFIG: JSON.stringify(configOf(request)),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      },
    },
  );
  return child.exited;
}

/** Throws what Bun says where the program's directory knows no @pulumi/pulumi. */
function entry(bun: string, directory: string): string {
  const found = Bun.spawnSync(
    [bun, '-e', "console.log(require.resolve('@pulumi/pulumi/cmd/run'))"],
    { cwd: directory },
  );
  if (!found.success) throw new Error(found.stderr.toString());
  return found.stdout.toString().trim();
}

/** The entry wants stt:config:name where the engine says stt:name. */
function configOf(request: RunRequest): Record<string, string> {
  const config: Record<string, string> = {};
  for (const [key, value] of request.getConfigMap().entries()) {
    const [namespace, ...name] = key.split(':');
    config[`${namespace}:config:${name.join(':')}`] = value;
  }
  return config;
}

const port = await serve(LanguageRuntimeService, {
  getPluginInfo,
  getRequiredPackages,
  run,
  cancel: ((_call, answer) => answer(null, empty())) satisfies Method<unknown, unknown>,
});
process.stdout.write(`${port}\n`);
