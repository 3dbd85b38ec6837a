import { PageHead } from '../parts/page-head';

export default function Queue() {
  return <PageHead title="queue" />;
}
