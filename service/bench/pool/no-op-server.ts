/** The no-op service in a process of its own, so that its memory is its own: prints its address. */
import { startNoOpService } from './no-op-service.ts';

const service = await startNoOpService({ PROCESS_POOL_SIZE: '2' });
console.log(service.url);
process.on('SIGTERM', () => void service.stop().then(() => process.exit(0)));
