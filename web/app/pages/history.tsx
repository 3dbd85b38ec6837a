import { PageHead } from '../parts/page-head';

export default function History() {
  return <PageHead title="history" />;
}
