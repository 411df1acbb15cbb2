/** A step of service/Dockerfile: prunes the node_modules of the folder it is given for Linux on this architecture. */
import { prune } from './prune-steps.ts';

const [root] = process.argv.slice(2);
const { arch } = process;
if (root === undefined || (arch !== 'x64' && arch !== 'arm64')) {
  console.error(`usage: bun scripts/image/prune.ts FOLDER, on x64 or arm64 (this is ${arch})`);
  process.exit(2);
}
const { packages, bytesBefore, bytesAfter } = prune(root, arch);
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
console.log(`${packages} packages, ${megabytes(bytesBefore)} pruned to ${megabytes(bytesAfter)}`);
