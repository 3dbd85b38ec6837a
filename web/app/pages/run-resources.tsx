import { PageHead } from '../parts/page-head';

export default function RunResources() {
  return <PageHead title="run resources" />;
}
