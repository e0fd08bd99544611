// Runs executions on aws-local-stepfunctions: a JSON line in, a JSON line out, until standard input ends.
//
// In:  {definition, input, context, script: {state: [{return} | {throw: {Error, Cause}}]}}
// Out: {status, error, outcomes, calls: {state: number}}
import { createInterface } from 'node:readline';

Promise.withResolvers ??= function withResolvers() { // Node 20 has none
  let resolve, reject;
  const promise = new Promise((yes, no) => { resolve = yes; reject = no; });
  return { promise, resolve, reject };
};
const { StateMachine } = await import('aws-local-stepfunctions');

function handlers(script, calls) {
  return Object.fromEntries(Object.entries(script).map(([state, answers]) => [state, async () => {
    const number = calls[state] = (calls[state] ?? 0) + 1;
    const answer = answers[Math.min(number, answers.length) - 1];
    if (answer.throw === undefined) return answer.return;
    const error = new Error(answer.throw.Cause);
    error.name = answer.throw.Error;
    throw error;
  }]));
}

function waits(machine) {
  return Object.entries(machine.States).flatMap(([name, state]) => [
    ...(state.Type === 'Wait' ? [name] : []),
    ...(state.ItemProcessor ? waits(state.ItemProcessor) : []),
  ]);
}

async function run({ definition, input, context, script }) {
  const calls = {};
  const machine = new StateMachine(definition, { validationOptions: { noValidate: true } });
  const execution = machine.run(input, {
    context,
    overrides: {
      taskResourceLocalHandlers: handlers(script, calls),
      waitTimeOverrides: Object.fromEntries(waits(definition).map((state) => [state, 0])),
      retryIntervalOverrides: Object.fromEntries(Object.keys(script).map((state) => [state, 0])),
    },
  });
  let outcomes = [];
  const watched = (async () => {
    for await (const event of execution.eventLogs) {
      const given = event.type === 'StateEntered' ? event.state.input : undefined;
      if (given && typeof given === 'object' && 'outcomes' in given) outcomes = given.outcomes;
    }
  })();
  try {
    const output = await execution.result;
    await watched;
    return { status: 'SUCCEEDED', error: '', outcomes: output.outcomes, calls };
  } catch (error) {
    await watched;
    return { status: 'FAILED', error: error.cause?.name ?? error.name, cause: error.message, outcomes, calls };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const result = await run(JSON.parse(line)).catch((error) => ({ status: 'BROKEN', error: String(error), outcomes: [], calls: {} }));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
