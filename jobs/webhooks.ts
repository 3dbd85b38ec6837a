import { runJob } from '../src/worker';

void runJob('webhooks');
