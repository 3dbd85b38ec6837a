import { PageHead } from '../parts/page-head';

export default function Mine() {
  return <PageHead title="mine" />;
}
