/** Makes an API key, prints it once and keeps its hash: `make api-key NAME=x [LIMIT=4] [KEYS_FILE=…]`. */
import { addKey } from '../service/src/keys/edit-file.ts';
import { limitFault } from '../service/src/keys/key-file.ts';
import { keysFile, nameOr, orStop, stop } from './key-arguments.ts';

const name = nameOr('make api-key NAME=laptop');
const limit = process.argv[3] || null;
const fault = limit === null ? null : limitFault(limit);
if (fault !== null) stop(`LIMIT=${limit} cannot be: ${fault}.`);

const { path, served } = keysFile();
const key = orStop(() => addKey(path, name, limit === null ? null : Number(limit)));
// The key alone on standard output, for KEY=$(make -s api-key NAME=x).
console.log(key);
console.error(`
That is the key of ${name}. It is shown this once: ${path} keeps no more than its hash.
${served ? 'A running service takes it within seconds.' : `The service takes it once it runs with STT_API_KEYS_FILE=${path}`}
  Try it:    curl -H "Authorization: Bearer $KEY" …
  Revoke it: make api-key-revoke NAME=${name}`);
