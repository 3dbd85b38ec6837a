// Gives the loan back at the end of the job, whatever became of it.
const { holdfast } = require('./runner.cjs');

const loan = process.env.STATE_loan;
if (loan) holdfast(['release', loan]);
