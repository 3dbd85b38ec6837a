import { PageHead } from '../parts/page-head';

export default function Me() {
  return <PageHead title="me" />;
}
