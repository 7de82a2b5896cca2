/** A real S3 server on loopback: SeaweedFS, where `.ci/run` or a developer has installed it. */
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Config } from '#platform/config/s3.ts';
import { portOf } from './smtp.ts';

const program = path.resolve('.data/s3-server/bin/weed');

/** Said in the name of a test that is skipped. */
export const missingS3Server = existsSync(program) ? undefined : `needs ${path.relative('.', program)}`;

const login = { accessKeyId: 'accord', secretAccessKey: 'only-for-tests' };

export interface S3Server {
  readonly config: S3Config;
  readonly client: S3Client;
  stop(): Promise<void>;
}

export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(path.join(tmpdir(), 'accord-s3-'));
  const identities = [{ name: 'tests', credentials: [keysOf(login)], actions: ['Admin'] }];
  await writeFile(path.join(folder, 's3.json'), JSON.stringify({ identities }));
  const services = ['master', 'volume', 'filer', 's3'];
  const ports = await freePorts(services.length * 2);
  const places = services.flatMap((name, index) => [
    `-${name}.port=${ports[2 * index]}`,
    `-${name}.port.grpc=${ports[2 * index + 1]}`,
  ]);
  const child = spawn(
    program,
    [
      'server',
      `-dir=${folder}`,
      '-ip=127.0.0.1',
      '-ip.bind=127.0.0.1',
      // It would tell its makers that it runs.
      '-master.telemetry=false',
      '-s3',
      '-s3.port.iceberg=0',
      '-s3.port.lance=0',
      `-s3.localSocket=${folder}/s3.sock`,
      `-filer.localSocket=${folder}/filer.sock`,
      `-s3.config=${folder}/s3.json`,
      '-volume.max=20',
      '-master.volumeSizeLimitMB=64',
      ...places,
    ],
    { stdio: 'ignore' },
  );
  const config: S3Config = {
    bucket: 'accord',
    endpoint: `http://127.0.0.1:${ports[6]}`,
    region: 'us-east-1',
    ...login,
    forcePathStyle: true,
  };
  const client = new S3Client({ ...endpointOf(config), credentials: login, maxAttempts: 1 });
  const stop = async () => {
    client.destroy();
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    await rm(folder, { recursive: true, force: true });
    // It makes these in a place of its own, and leaves them.
    const sockets = services.map((name, index) => `/tmp/seaweedfs-${name}-grpc-${ports[2 * index + 1]}.sock`);
    await Promise.all(sockets.map((socket) => rm(socket, { force: true })));
  };
  await whenReady(client, config).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { config, client, stop };
}

function keysOf({ accessKeyId, secretAccessKey }: typeof login) {
  return { accessKey: accessKeyId, secretKey: secretAccessKey };
}

function endpointOf({ endpoint = '', region, forcePathStyle }: S3Config) {
  return { endpoint, region, forcePathStyle };
}

async function whenReady(client: S3Client, { bucket }: S3Config): Promise<void> {
  const end = Date.now() + 25_000;
  for (;;) {
    try {
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      return;
    } catch (error) {
      if (Date.now() > end) throw new Error('The S3 server did not start.', { cause: error });
      await sleep(200);
    }
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => portOf(server.address()));
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
