import { PageHead } from '../parts/page-head';

export default function Pool() {
  return <PageHead title="pool" />;
}
