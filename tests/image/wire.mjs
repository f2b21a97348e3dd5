// wire.mjs PORT: what QEMU starts for each connection of the guest: its standard input and output are the
// guest's, and the other end is a port of this machine.
import net from 'node:net';

const line = net.connect({ port: +process.argv[2], host: '127.0.0.1', allowHalfOpen: true });
line.on('error', () => process.exit(1));
line.on('close', () => process.exit(0));
process.stdout.on('error', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.stdin.pipe(line).on('error', () => process.exit(0));
line.pipe(process.stdout);
