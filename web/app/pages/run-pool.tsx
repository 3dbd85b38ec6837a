import { PageHead } from '../parts/page-head';

export default function RunPool() {
  return <PageHead title="run pool" />;
}
