import { release } from './released';

release();
