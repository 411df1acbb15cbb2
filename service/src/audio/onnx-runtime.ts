/** The ONNX Runtime for everything here, silenced before it is loaded: the order of these two lines matters. */
// oxlint-disable-next-line import/no-unassigned-import
import './no-telemetry.ts';
export { InferenceSession, Tensor } from 'onnxruntime-node';
