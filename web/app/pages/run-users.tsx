import { PageHead } from '../parts/page-head';

export default function RunUsers() {
  return <PageHead title="run users" />;
}
