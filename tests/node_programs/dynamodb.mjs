// Serves dynalite, an implementation of DynamoDB that is independent of moto, until standard input ends.
//
// In:  any line
// Out: the port on 127.0.0.1
import { createInterface } from 'node:readline';
import dynalite from 'dynalite';

const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(line && server.address().port)}\n`);
}
server.close();
process.exit(0);
