/**
 * Keeps the ONNX Runtime from reporting to its maker, which it does by default on Linux: it looks a host up, and leaves a
 * device id and a database in the user's cache. It asks the environment of the C library, which `process.env` of Bun does
 * not write to, so the variable is set there. To be imported before the runtime.
 */
import { dlopen, FFIType } from 'bun:ffi';

const LIBRARIES: Readonly<Record<string, string>> = {
  linux: 'libc.so.6',
  darwin: 'libSystem.B.dylib',
};

const text = (value: string) => Buffer.from(`${value}\0`);

const library = LIBRARIES[process.platform];
if (library !== undefined) {
  const libc = dlopen(library, {
    setenv: { args: [FFIType.cstring, FFIType.cstring, FFIType.i32], returns: FFIType.i32 },
  });
  libc.symbols.setenv(text('ORT_DISABLE_TELEMETRY'), text('1'), 1);
  libc.close();
}
