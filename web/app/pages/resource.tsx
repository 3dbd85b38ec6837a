import { PageHead } from '../parts/page-head';

export default function Resource() {
  return <PageHead title="resource" />;
}
