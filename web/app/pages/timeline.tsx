import { PageHead } from '../parts/page-head';

export default function Timeline() {
  return <PageHead title="timeline" />;
}
