import { PageHead } from '../parts/page-head';

export default function Setup() {
  return <PageHead title="setup" />;
}
