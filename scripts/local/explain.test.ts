import { describe, expect, it } from 'vitest';
import { EXPLANATIONS, explain } from './explain.ts';

describe('what errors of a local cluster mean', () => {
  // As minikube, kubectl, Kubernetes and Pulumi write them.
  it.each([
    ['X Exiting due to RSRC_INSUFFICIENT_CONTAINER_MEMORY: docker only has 1986MiB', 'max'],
    ['X Exiting due to RSRC_INSUFFICIENT_CORES: has less than 2 CPUs available', 'two CPUs'],
    [
      'X Exiting due to DRV_AS_ROOT: The "docker" driver should not be used with root',
      'group docker',
    ],
    ['X Exiting due to PROVIDER_DOCKER_NEWGRP: "docker version" exit status 1', 'newgrp docker'],
    ['X Exiting due to DRV_NOT_DETECTED: No possible driver was detected.', 'docker info'],
    ['X Exiting due to PROVIDER_DOCKER_NOT_RUNNING: Cannot connect', 'docker info'],
    ['Warning BackOff Back-off restarting failed container stt-service', 'PREVIOUS=1'],
    ['ErrImageNeverPull: Container image "stt:x" is not present', 'minikube image ls'],
    ['another operation (install/upgrade/rollback) is in progress', 'owner=helm'],
    ['could not download chart: failed to fetch chart', 'MONITORING=false'],
    ['Service "stt" is invalid: provided port is already allocated', 'stt:nodePort'],
    ['unable to listen on port 3000: bind: address already in use', 'make x PORT='],
    ['error: lost connection to pod', 'Type: make x'],
    [
      'X Exiting due to SVC_UNREACHABLE: service not available: no running pod',
      'make local-status',
    ],
    ['error: context "minikube" does not exist', 'update-context'],
    ['error: the stack is currently locked by 1 lock(s)', 'pulumi cancel --stack local'],
    ['configured Kubernetes cluster is unreachable: unable to load schema', 'minikube status'],
    ['The connection to the server 192.168.49.2:8443 was refused', 'minikube status'],
  ])('knows %s', (text, next) => {
    expect(explain(text, 'x')).toContain(next);
  });

  it('has something for each of its own titles, and nothing for the rest', () => {
    expect(new Set(EXPLANATIONS.map(({ title }) => title)).size).toBe(EXPLANATIONS.length);
    for (const { title, sentence, next } of EXPLANATIONS) {
      expect(explain(title, 'x')).not.toBeNull();
      expect(sentence).toMatch(/\.$/);
      expect(next).not.toBe('');
    }
    expect(explain('the moon is full', 'x')).toBeNull();
  });
});
