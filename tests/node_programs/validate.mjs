// Checks definitions with asl-validator: a JSON line in (a definition's text), a JSON line out (its errors).
import { createInterface } from 'node:readline';
import validator from 'asl-validator';

for await (const line of createInterface({ input: process.stdin })) {
  let errors;
  try {
    const { isValid, errors: found } = validator(JSON.parse(JSON.parse(line)), { checkArn: false });
    errors = isValid ? [] : found.map((one) => one['Error code'] ? `${one['Error code']}: ${one.Message}` : `${one.instancePath} ${one.message}`);
  } catch (error) {
    errors = [String(error)];
  }
  process.stdout.write(`${JSON.stringify(errors)}\n`);
}
