import { lengthOf, moved } from './window';
import type { View } from './use-view';

/** A drag begins after so many pixels; less is a click. */
const SLACK = 4;
const KEY_SHARE = 1 / 8;
const KEY_ZOOM = 1.5;

/** Gives the rectangle in which the lanes are drawn. */
type Place = () => DOMRect;

/** Zooms about the pointer, with the wheel and ctrl, or a pinch on a touchpad. */
export function onWheel(view: View, place: Place) {
  return (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left, width } = place();
    const { since } = view.window;
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    view.zoom(Math.exp(event.deltaY / 400), since + share * lengthOf(view.window));
  };
}

/** Moves the window with the pointer while it is held down on the lanes. */
export function onDrag(view: View, place: Place) {
  return (event: PointerEvent) => {
    const { left, width } = place();
    if (event.button !== 0 || event.clientX < left) return;
    const chart = event.currentTarget as HTMLElement;
    const begun = { x: event.clientX, window: view.window };
    let isMoving = false;
    const move = ({ clientX, pointerId }: PointerEvent) => {
      const by = clientX - begun.x;
      if (!isMoving && Math.abs(by) < SLACK) return;
      if (!isMoving) chart.setPointerCapture(pointerId);
      isMoving = true;
      view.show(moved(begun.window, (-by / width) * lengthOf(begun.window)));
    };
    const end = () => {
      chart.removeEventListener('pointermove', move);
      chart.removeEventListener('pointerup', end);
      chart.removeEventListener('pointercancel', end);
      // The click that ends a drag opens nothing.
      if (isMoving) chart.addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => chart.removeEventListener('click', swallow, { capture: true }));
    };
    chart.addEventListener('pointermove', move);
    chart.addEventListener('pointerup', end);
    chart.addEventListener('pointercancel', end);
  };
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

/**
 * The chart is one stop for Tab. There, arrows move the window; from a lane or a span, they go to
 * the next one.
 */
export function onKeys(view: View, leave: () => void) {
  const act = (event: KeyboardEvent, chart: HTMLElement): boolean => {
    const inside = event.target === chart ? null : (event.target as Element);
    if (event.key === '+' || event.key === '=') view.zoom(1 / KEY_ZOOM);
    else if (event.key === '-') view.zoom(KEY_ZOOM);
    else if (event.key === 'Home') view.toNow();
    else if (event.key === 'Escape') {
      leave();
      chart.focus();
    } else if (event.key.startsWith('Arrow'))
      return inside ? goFrom(chart, inside, event.key) : fromChart(view, chart, event.key);
    else return false;
    return true;
  };
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (act(event, event.currentTarget as HTMLElement)) event.preventDefault();
  };
}

function fromChart(view: View, chart: HTMLElement, key: string): boolean {
  if (key === 'ArrowLeft') view.move(-KEY_SHARE);
  else if (key === 'ArrowRight') view.move(KEY_SHARE);
  else if (key === 'ArrowDown') focusIn(chart.querySelector('.tl-lane'), 0);
  else return false;
  return true;
}

/** Goes on within the lane, or to the same place of the lane above or below. */
function goFrom(chart: HTMLElement, from: Element, key: string): boolean {
  const lane = from.closest('.tl-lane');
  const at = stopsOf(lane).findIndex((each) => each === from);
  if (key === 'ArrowRight') focusIn(lane, at + 1);
  else if (key === 'ArrowLeft') focusIn(lane, Math.max(0, at - 1));
  else if (key === 'ArrowDown') focusIn(lane?.nextElementSibling, at);
  else if (lane?.previousElementSibling) focusIn(lane.previousElementSibling, at);
  else chart.focus();
  return true;
}

function stopsOf(lane: Element | null | undefined): (HTMLElement | SVGElement)[] {
  return [...(lane?.querySelectorAll<HTMLElement | SVGElement>('.tl-stop') ?? [])];
}

function focusIn(lane: Element | null | undefined, at: number): void {
  const stops = stopsOf(lane);
  stops[Math.min(at, stops.length - 1)]?.focus();
}
