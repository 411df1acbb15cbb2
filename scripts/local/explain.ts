/** What the errors of minikube, kubectl and Pulumi mean on a local cluster, and what to type next. */
import { explainWith, pulumiExplanations } from '../verbs/explain.ts';
import type { Explanation } from '../verbs/explain.ts';
import { STACK } from './stack.ts';

/** The first that fits decides, so the special ones come before the general ones. */
export const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern:
      /RSRC_OVER_ALLOC_MEM|RSRC_INSUFFICIENT\w*_(?:SYS_|CONTAINER_)?MEMORY|RSRC_INSUFFICIENT_REQ_MEMORY/,
    title: 'RSRC_OVER_ALLOC_MEM, RSRC_INSUFFICIENT_CONTAINER_MEMORY',
    sentence:
      'The machine, or what Docker Desktop may use of it, has less memory than the cluster is to get.',
    next: 'minikube start -p minikube --memory=max, then make deploy-local CPU=1 MEMORY=1Gi; or give Docker Desktop more memory',
  },
  {
    pattern: /RSRC_INSUFFICIENT_CORES/,
    title: 'RSRC_INSUFFICIENT_CORES',
    sentence:
      'The machine, or what Docker Desktop may use of it, has too few CPUs: a cluster needs two.',
    next: 'the same again, once Docker Desktop has two CPUs or more',
  },
  {
    pattern: /DRV_AS_ROOT/,
    title: 'DRV_AS_ROOT',
    sentence: 'Minikube does not start with Docker as root.',
    next: 'the same again as a user of the group docker',
  },
  {
    pattern:
      /PROVIDER_DOCKER_NEWGRP|permission denied while trying to connect to the Docker daemon/i,
    title: 'PROVIDER_DOCKER_NEWGRP',
    sentence: 'This user may not use Docker.',
    next: 'sudo usermod -aG docker $USER && newgrp docker, then the same again',
  },
  {
    pattern:
      /DRV_NOT_DETECTED|DRV_NOT_HEALTHY|PROVIDER_\w+_(?:NOT_RUNNING|NOT_FOUND|VERSION_EXIT_1)|Cannot connect to the Docker daemon/i,
    title: 'DRV_NOT_DETECTED, PROVIDER_DOCKER_NOT_RUNNING',
    sentence:
      'Minikube finds nothing to run a cluster in: Docker is not installed, or does not run.',
    next: 'docker info to see; get it from https://docs.docker.com/get-docker, then the same again',
  },
  {
    pattern: /RSRC_DOCKER_STORAGE|no space left on device|DiskPressure/i,
    title: 'no space left on device',
    sentence: 'The disk of the cluster is full; images of earlier builds stay in it.',
    next: 'docker system prune, or make destroy-local CLUSTER=1, then make deploy-local',
  },
  {
    pattern: /OOMKilled/,
    title: 'OOMKilled',
    sentence: 'The pod took more memory than stt:memory gives it.',
    next: 'make deploy-local MEMORY=8Gi',
  },
  {
    pattern: /Insufficient (?:cpu|memory)|FailedScheduling|Unschedulable/,
    title: 'FailedScheduling: Insufficient cpu, Insufficient memory',
    sentence: 'The cluster has no room for a pod of that size, or for so many.',
    next: 'make deploy-local CPU=1 MEMORY=1Gi REPLICAS=1, or make destroy-local CLUSTER=1, then make deploy-local for a cluster of the full size',
  },
  {
    pattern: /ErrImageNeverPull|ImagePullBackOff|ErrImagePull|InvalidImageName/,
    title: 'ErrImagePull, ImagePullBackOff',
    sentence: 'The cluster does not have the image, and no registry has it either.',
    next: 'minikube image ls -p minikube to see, then make deploy-local',
  },
  {
    pattern: /CrashLoopBackOff|Back-off restarting failed container/,
    title: 'CrashLoopBackOff',
    sentence: 'The service starts and ends again at once.',
    next: 'make local-logs PREVIOUS=1',
  },
  {
    pattern:
      /another operation \(install\/upgrade\/rollback\) is in progress|cannot re-use a name that is still in use/,
    title: 'another operation (install/upgrade/rollback) is in progress',
    sentence: 'An earlier installation of Grafana and Prometheus was killed in the middle.',
    next: 'kubectl --context minikube delete secret -n monitoring -l owner=helm,name=kps, then make deploy-local',
  },
  {
    pattern:
      /prometheus-community\.github\.io|failed to (?:pull|download|fetch) chart|chart .{0,80} not found/i,
    title: 'failed to pull chart',
    sentence: 'The chart of Grafana and Prometheus could not be fetched.',
    next: 'the same again with a network, or make deploy-local MONITORING=false',
  },
  {
    pattern: /provided port is already allocated/,
    title: 'provided port is already allocated',
    sentence: 'Another service of the cluster has the port.',
    next: 'pulumi config set -s local stt:nodePort 30655, then make deploy-local',
  },
  {
    pattern: /address already in use|unable to listen on (?:any of the requested ports|port)/i,
    title: 'unable to listen on port: address already in use',
    sentence: 'Something else listens on that port of this machine.',
    next: 'make <verb> PORT=<another>',
  },
  {
    pattern: /lost connection to pod|error upgrading connection/,
    title: 'lost connection to pod',
    sentence: 'The pod that was forwarded to is gone.',
    next: 'make <verb>',
  },
  {
    pattern: /SVC_NOT_FOUND|SVC_UNREACHABLE|services? "[\w-]+" not found/i,
    title: 'SVC_NOT_FOUND, SVC_UNREACHABLE',
    sentence: 'The service is not in the cluster, or none of its pods runs.',
    next: 'make local-status to see, or make deploy-local',
  },
  {
    pattern: /context "?minikube"? does not exist|no context exists|context was not found/i,
    title: 'context "minikube" does not exist',
    sentence: 'The kubeconfig does not know the cluster.',
    next: 'minikube update-context -p minikube, then the same again',
  },
  ...pulumiExplanations(STACK),
  {
    pattern:
      /cluster is unreachable|connection refused|was refused|no route to host|i\/o timeout|TLS handshake timeout/i,
    title: 'configured Kubernetes cluster is unreachable',
    sentence: 'The cluster does not answer.',
    next: 'minikube status -p minikube to see, then make deploy-local',
  },
];

/** What is known about an error: sentence and next command, or null. `verb` is which make was typed. */
export function explain(text: string, verb: string): string | null {
  return explainWith(EXPLANATIONS, text, { verb });
}
