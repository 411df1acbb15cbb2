/** gRPC as Pulumi's own packages bring it along, in the few shapes that the language host needs. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.resolve('@pulumi/pulumi'));

export type Answer<Response> = (
  error: { readonly code: number; readonly details: string } | null,
  response?: Response,
) => void;

export type Method<Request, Response> = (
  call: { readonly request: Request },
  answer: Answer<Response>,
) => void;

interface Grpc {
  readonly Server: new () => {
    addService(service: unknown, methods: Readonly<Record<string, unknown>>): void;
    bindAsync(
      address: string,
      credentials: unknown,
      done: (error: Error | null, port: number) => void,
    ): void;
  };
  readonly ServerCredentials: { createInsecure(): unknown };
}

/**
 * Serves on a free port of loopback and resolves with it. Methods that are not given are answered as not implemented;
 * those with a stream, which are given, get the stream alone.
 */
export async function serve(
  service: unknown,
  methods: Readonly<Record<string, unknown>>,
): Promise<number> {
  const grpc = require('@grpc/grpc-js') as Grpc;
  const server = new grpc.Server();
  server.addService(service, methods);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
    error === null ? resolve(port) : reject(error),
  );
  return promise;
}

/** An empty message. */
export function empty(): unknown {
  const { Empty } = require('google-protobuf/google/protobuf/empty_pb.js') as {
    readonly Empty: new () => unknown;
  };
  return new Empty();
}
