/** A process with a child, that takes as much memory as it is told to. */

/** Starts a child, says the child's id, and takes as many megabytes as a line of its input says. */
const GREEDY = `
  const child = Bun.spawn(['sleep', '60']);
  console.log(child.pid);
  const kept = [];
  for await (const line of console) kept.push(Buffer.alloc(Number(line) * 1048576, 1));
`;

/** Resolves when the child runs. End both with SIGKILL. */
export async function greedy() {
  const parent = Bun.spawn([process.execPath, '--no-env-file', '-e', GREEDY], {
    stdin: 'pipe',
    stdout: 'pipe',
  });
  let text = '';
  for await (const chunk of parent.stdout) {
    text += new TextDecoder().decode(chunk);
    if (text.includes('\n')) break;
  }
  return { parent, childPid: Number(text) };
}
