import { afterAll } from '@jest/globals';
import './corrections.js';
import './descriptions.js';
import './library.js';
import './people.js';
import './uploads.js';
import { closeBrowser } from './studio.js';

/** Pages whose services do nothing long. One suite: to start a browser and to load the service takes longer than most of the tests. */
afterAll(closeBrowser);
