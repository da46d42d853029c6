// Runs tests one after the other and prints what became of them, with the sum as the last line.

let passed = 0;
let failed = 0;

/** Runs a test; `onFailure` is called when it fails. */
export async function test(name, run, onFailure = () => undefined) {
  try {
    await run();
    report(name);
  } catch (error) {
    report(name, error.stack ?? error);
    await onFailure(name);
  }
}

/** Counts a test that passed, or failed with a problem. */
export function report(name, problem) {
  if (problem === undefined) {
    passed += 1;
    console.log(`ok   ${name}`);
  } else {
    failed += 1;
    console.log(`FAIL ${name}\n${problem}`);
  }
}

/** Prints the sum and ends the process. */
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
