/** Takes an API key back: `make api-key-revoke NAME=x [KEYS_FILE=…]`. */
import { revokeKey } from '../service/src/keys/edit-file.ts';
import { keysFile, nameOr, orStop } from './key-arguments.ts';

const name = nameOr('make api-key-revoke NAME=laptop');
const { path } = keysFile();
orStop(() => revokeKey(path, name));
console.error(
  `The key of ${name} is gone from ${path}. A service that reads it refuses the key within seconds.`,
);
