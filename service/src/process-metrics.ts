/** The default process metrics of prom-client that are right under Bun. */
import type { Registry } from 'prom-client';
import eventLoopLag from 'prom-client/lib/metrics/eventLoopLag.js';
import heapSizeAndUsed from 'prom-client/lib/metrics/heapSizeAndUsed.js';
import osMemoryHeap from 'prom-client/lib/metrics/osMemoryHeap.js';
import processCpuTotal from 'prom-client/lib/metrics/processCpuTotal.js';
import processOpenFileDescriptors from 'prom-client/lib/metrics/processOpenFileDescriptors.js';
import processStartTime from 'prom-client/lib/metrics/processStartTime.js';

/**
 * Left out on purpose: heap spaces (under Bun a scrape walks the whole heap and stops the event loop), garbage collection
 * and active resources (always empty under Bun).
 */
export function collectProcessMetrics(registry: Registry): void {
  for (const register of [
    eventLoopLag,
    heapSizeAndUsed,
    osMemoryHeap,
    processCpuTotal,
    processOpenFileDescriptors,
    processStartTime,
  ]) {
    register(registry, {});
  }
  // prom-client takes VmData for the heap, which is gigabytes of reserved address space under Bun.
  registry.removeSingleMetric('process_heap_bytes');
}
