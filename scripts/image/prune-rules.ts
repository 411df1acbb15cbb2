/** What of node_modules the running service never loads, and why; and what it cannot do without. */

export interface Rules {
  /** Name to reason; each must be installed. */
  readonly droppedPackages: Readonly<Record<string, string>>;
  readonly keptOfPackage: Readonly<Record<string, KeptFiles>>;
  /** Package to glob to reason; each glob must match. */
  readonly droppedOfPackage: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Glob inside any package to reason; each must match. */
  readonly droppedFiles: Readonly<Record<string, string>>;
  readonly required: readonly string[];
}

export interface KeptFiles {
  /** Globs inside the package; each must match. `{arch}` is the wanted architecture. */
  readonly keep: readonly string[];
  /** Only read as files: the packages its code would import go too. */
  readonly dataOnly?: true;
  /** Its entry: it must exist for the package's folder to be found, and never runs. */
  readonly emptied?: string;
  readonly why: string;
}

/** Packages that go with all that only they lead to. */
const DROPPED_PACKAGES = {
  typescript: 'a compiler; peer of packages that export types',
  '@types/bun': 'types',
  '@types/dom-mediacapture-transform': 'types',
  '@types/dom-webcodecs': 'types',
  '@types/webrtc': 'types',
  'openapi-types': 'types',
  '@azure/msal-browser': 'signs people in through a browser; the service has none',
  'adm-zip': 'unpacks what the install script of onnxruntime-node would fetch; it never runs',
  'global-agent': 'the proxy of that install script',
};

/** Packages of which little is used; their package.json and licences stay in any case. */
const KEPT_OF_PACKAGE: Rules['keptOfPackage'] = {
  'onnxruntime-node': {
    keep: ['dist/**/*.js', 'bin/napi-v6/linux/{arch}/*'],
    why: 'ships macOS, Windows and the other Linux as well: 255 MB',
  },
  '@usefulsensors/moonshine-js': {
    keep: ['dist/model/{base,tiny}/quantized/*.onnx'],
    dataOnly: true,
    emptied: 'dist/moonshine.min.js',
    why: 'the models are read',
  },
  '@ricky0123/vad-web': {
    keep: ['dist/silero_vad_v6.onnx'],
    dataOnly: true,
    emptied: 'dist/index.js',
    why: 'one of three models is read',
  },
  'swagger-ui-dist': {
    keep: ['swagger-ui.css', 'swagger-ui-bundle.js'],
    dataOnly: true,
    why: 'the two files that /docs serves',
  },
};

const TWICE = 'the same code once more, as CommonJS';

/** Globs inside one package. */
const DROPPED_OF_PACKAGE = {
  zod: { '**/*.cjs': TWICE },
  '@azure/msal-node': { 'lib/**': TWICE },
  '@azure/msal-common': { 'lib/**': TWICE, 'dist-browser/**': 'a build for other platforms' },
  '@elysiajs/openapi': { 'dist/cjs/**': TWICE },
  '@sinclair/typebox': { 'build/cjs/**': TWICE },
  'microsoft-cognitiveservices-speech-sdk': { 'distrib/browser/**': 'a build for other platforms' },
  mediabunny: { 'dist/bundles/**': 'its modules once more, bundled' },
};

/** Globs inside any package. */
const DROPPED_FILES = {
  '**/*.map': 'for debuggers',
  '**/*.{ts,mts,cts,tsx}': 'types and sources; every package ships JavaScript',
  '{test,tests,fixtures,bench,benchmarks,docs,example,examples}/**': 'not for running',
  'dist/{browser,react-native,workerd}/**': 'builds for other platforms',
  '**/*.tsbuildinfo': 'for compilers',
  '{.*,bunfig.toml,bun.lock,.*/**}': 'how the package itself is worked on',
};

/** Files whose text a licence asks to ship. */
export const LICENCE_FILE =
  /^((un)?licen[cs]e|notice|copying|patents|authors|redist|third.?party)([.\-_].*)?$/i;

/** Stays where a package has no licence file: it may say the licence. */
export const README_FILE = /^readme(\..*)?$/i;

/** What must be there in the end, from the folder of the service; `{arch}` is the wanted architecture. */
const REQUIRED = [
  'onnxruntime-node/bin/napi-v6/linux/{arch}/onnxruntime_binding.node',
  'onnxruntime-node/bin/napi-v6/linux/{arch}/libonnxruntime.so.1',
  '@usefulsensors/moonshine-js/dist/model/base/quantized/encoder_model.onnx',
  '@usefulsensors/moonshine-js/dist/model/base/quantized/decoder_model_merged.onnx',
  '@usefulsensors/moonshine-js/dist/model/tiny/quantized/encoder_model.onnx',
  '@usefulsensors/moonshine-js/dist/model/tiny/quantized/decoder_model_merged.onnx',
  '@ricky0123/vad-web/dist/silero_vad_v6.onnx',
  'swagger-ui-dist/swagger-ui.css',
  'swagger-ui-dist/swagger-ui-bundle.js',
];

export const RULES: Rules = {
  droppedPackages: DROPPED_PACKAGES,
  keptOfPackage: KEPT_OF_PACKAGE,
  droppedOfPackage: DROPPED_OF_PACKAGE,
  droppedFiles: DROPPED_FILES,
  required: REQUIRED,
};
