// Preloaded by a test: at its end the process tells, on its last line of stderr, which files it has loaded.
process.on('exit', () => {
  const { sharedObjects } = process.report.getReport();
  process.stderr.write(`\n${JSON.stringify([...Object.keys(require.cache), ...sharedObjects])}`);
});
