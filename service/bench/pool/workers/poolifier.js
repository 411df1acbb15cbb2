import { ClusterWorker } from 'poolifier';

export default new ClusterWorker(({ value }) => value);
