import { describeDrivers } from '../contracts/fixtures';

describeDrivers('with an engine');
