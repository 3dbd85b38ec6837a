import type { Command } from 'commander';
import { lazily } from './lazily';
import { addExamples } from './examples';

/** `holdfast docker-proxy`: filters the calls of a server to a Docker engine. */
export function addDockerProxy(program: Command): void {
  const command = program.command('docker-proxy');
  addExamples(command, ['docker-proxy --listen 127.0.0.1:2375 --pull docker.io/library'])
    .option(
      '--listen <where>',
      'The path of a socket to create, or HOST:PORT.',
      '/run/holdfast-docker/engine.sock',
    )
    .option(
      '--host <name...>',
      'Other names by which clients call it over TCP, besides localhost, HOST and addresses.',
      [],
    )
    .option('--engine <socket>', "The engine's socket.", '/var/run/docker.sock')
    .option(
      '--pull <repository...>',
      'Where images may be pulled from: these repositories, and all that are below them.',
      [],
    )
    .option(
      '--holders <file>',
      'Serve holders instead: docker-exec.db of the data directory says who may run commands where.',
    )
    .option('--tls-cert <file>', 'With --holders: the certificate, in PEM.')
    .option('--tls-key <file>', 'With --holders: its key, in PEM.')
    .description(
      'Pass on to a Docker engine only the calls that the docker driver makes. See docs/deploy.md.',
    )
    .action(lazily(async () => (await import('./server/docker-proxy.js')).runProxy));
}
