import { PageHead } from '../parts/page-head';

export default function Returns() {
  return <PageHead title="returns" />;
}
