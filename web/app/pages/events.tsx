import { PageHead } from '../parts/page-head';

export default function Events() {
  return <PageHead title="events" />;
}
