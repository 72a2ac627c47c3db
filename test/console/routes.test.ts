import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberIn, requestPath, routeOf, runPath } from '../../src/console/app/routes.ts';

describe('an address', () => {
  test.each([
    ['/', { page: 'now' }],
    ['/ask', { page: 'ask' }],
    ['/requests/', { page: 'requests' }],
    ['/r/142', { page: 'request', number: 142 }],
    ['/r/142/run/2', { page: 'run', number: 142, run: 2 }],
    ['/machines', { page: 'machines' }],
    ['/machines/n100', { page: 'machine', name: 'n100' }],
    ['/machines/living%20room', { page: 'machine', name: 'living room' }],
    ['/audit', { page: 'audit' }],
    ['/settings', { page: 'settings' }],
    ['/more', { page: 'more' }],
    ['/sign-in', { page: 'sign-in' }],
    ['/r/0', { page: 'nowhere' }],
    ['/r/142/run', { page: 'nowhere' }],
    ['/machines/%', { page: 'nowhere' }],
    ['/constructor', { page: 'nowhere' }],
    ['/R/142', { page: 'nowhere' }],
  ])('%s leads to its page', (path, route) => expect(routeOf(path)).toEqual(route));

  test('of a request or run leads back to it', () => {
    const number = fc.integer({ min: 1, max: 99_999_999 });
    fc.assert(
      fc.property(number, fc.integer({ min: 1, max: 9999 }), (request, run) => {
        expect(routeOf(requestPath(request))).toEqual({ page: 'request', number: request });
        expect(routeOf(requestPath(`R-${request}`))).toEqual({ page: 'request', number: request });
        expect(routeOf(runPath(`${request}-${run}`))).toEqual({ page: 'run', number: request, run });
      }),
    );
  });

  test('nothing typed into the address bar breaks it', () => {
    fc.assert(
      fc.property(fc.string(), (path) => {
        expect(routeOf(`/${path}`)).toHaveProperty('page');
      }),
    );
  });
});

test.each([
  ['P-142', 142],
  ['request:142', 142],
  ['142-2', 142],
  ['system', null],
  [null, null],
])('the number in %s is %s', (id, number) => expect(numberIn(id)).toBe(number));
