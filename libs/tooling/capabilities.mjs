// Prints what the outcome of a test may depend on beside the sources. Nx hashes it, so that a skip for want of Java is not
// remembered after Java was installed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const answers = (command, ...args) =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;

const capabilities = {
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  root: process.getuid?.() === 0,
  java: answers('java', '-version'),
  maven: answers('mvn', '-v'),
  hledger: answers('hledger', '--version'),
  go: answers('go', 'version'),
  pythonVenv: answers('python3', '-c', 'import ensurepip'),
  dockerEngine: answers('docker', 'version'),
  dockerCompose: answers('docker', 'compose', 'version'),
  publicVectors: existsSync(new URL('../../../shared/data', import.meta.url)),
};

console.log(JSON.stringify(capabilities));
